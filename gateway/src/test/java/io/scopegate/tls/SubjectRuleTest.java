package io.scopegate.tls;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.pkitesting.CertificateBuilder;
import io.scopegate.policy.Delegation;
import io.scopegate.tls.SubjectRule.From;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SubjectRuleTest {
  private static final TestAuthority AUTHORITY = new TestAuthority("authority");

  private static Optional<String> subject(
      From from, String prefix, String name, UnaryOperator<CertificateBuilder> change) {
    return new SubjectRule(from, prefix, Optional.empty())
        .subject(AUTHORITY.issue(name, change).getCertificate());
  }

  @Test
  void a_subject_is_what_the_rule_points_at_with_the_prefix_of_its_authority() {
    UnaryOperator<CertificateBuilder> all =
        builder ->
            builder
                .addSanUriName(URI.create("spiffe://example.org/billing"))
                .addSanDnsName("billing.example.org")
                .addSanRfc822Name("billing@example.org");
    assertThat(subject(From.URI, "", "CN=billing", all)).contains("spiffe://example.org/billing");
    assertThat(subject(From.DNS, "x:", "CN=billing", all)).contains("x:billing.example.org");
    assertThat(subject(From.EMAIL, "x:", "CN=billing", all)).contains("x:billing@example.org");
    assertThat(subject(From.COMMON_NAME, "x:", "CN=billing,O=Example", all)).contains("x:billing");
  }

  @Test
  void a_certificate_that_names_none_or_several_is_nobodys() {
    assertThat(subject(From.URI, "", "CN=a", builder -> builder)).isEmpty();
    assertThat(
            subject(
                From.DNS,
                "",
                "CN=a",
                builder -> builder.addSanDnsName("a.example").addSanDnsName("b.example")))
        .isEmpty();
    assertThat(subject(From.COMMON_NAME, "", "O=Example", builder -> builder)).isEmpty();
    assertThat(subject(From.COMMON_NAME, "", "CN=a,CN=b", builder -> builder)).isEmpty();
    assertThat(subject(From.COMMON_NAME, "", "CN=a+UID=b", builder -> builder)).isEmpty();
  }

  @Test
  void what_cannot_be_a_subject_is_none() {
    assertThat(subject(From.COMMON_NAME, "", "CN=two words", builder -> builder)).isEmpty();
    assertThat(subject(From.COMMON_NAME, "", "CN=é", builder -> builder)).isEmpty();
    assertThat(subject(From.COMMON_NAME, "x".repeat(254), "CN=ab", builder -> builder)).isEmpty();
    assertThat(subject(From.COMMON_NAME, "x".repeat(254), "CN=a", builder -> builder)).isPresent();
  }

  @Test
  void listed_scopes_restrict_even_when_there_are_none() {
    assertThat(new SubjectRule(From.URI, "", Optional.of(List.of())).delegation())
        .isInstanceOf(Delegation.Restricted.class);
    assertThat(new SubjectRule(From.URI, "", Optional.empty()).delegation())
        .isInstanceOf(Delegation.Full.class);
  }
}
