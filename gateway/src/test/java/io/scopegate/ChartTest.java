package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import com.marcnuri.helm.TemplateCommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The chart renders what a cluster can run, and refuses what the gateway could not. */
class ChartTest {
  private static final Path CHART = Path.of("..", "helm", "scopegate").toAbsolutePath().normalize();

  private static TemplateCommand rendering() {
    return new Helm(CHART).template().withName("gate");
  }

  @Test
  void the_chart_is_without_findings() {
    LintResult result = new Helm(CHART).lint().strict().call();
    assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
  }

  @Test
  void a_rendering_with_the_given_values_is_as_agreed() throws IOException {
    String rendered = rendering().call();
    Path golden = Path.of("src/test/resources/chart/default.yaml");
    if (Boolean.getBoolean("golden.write")) {
      Files.createDirectories(golden.getParent());
      Files.writeString(golden, rendered);
    }
    assertThat(rendered).isEqualTo(Files.readString(golden));
  }

  @Test
  void a_pod_can_neither_write_its_root_nor_gain_privileges() {
    assertThat(rendering().call())
        .contains("runAsNonRoot: true")
        .contains("readOnlyRootFilesystem: true")
        .contains("allowPrivilegeEscalation: false")
        .contains("type: RuntimeDefault")
        .contains("enableServiceLinks: false")
        .contains("automountServiceAccountToken: false");
  }

  @Test
  void more_replicas_than_the_embedded_store_can_serve_fail_the_rendering() {
    assertThatThrownBy(() -> rendering().set("replicas", 2).call())
        .hasMessageContaining("embedded store");
  }

  @Test
  void a_value_that_the_chart_does_not_have_fails_the_rendering() {
    assertThatThrownBy(() -> rendering().set("replica", 1).call()).hasMessageContaining("replica");
  }

  @Test
  void a_key_that_the_chart_settles_itself_cannot_be_set() {
    assertThatThrownBy(() -> rendering().set("gateway.data", "/elsewhere").call())
        .hasMessageContaining("gateway");
  }

  @Test
  void the_admin_token_comes_from_the_secret_that_is_named() {
    assertThat(rendering().set("admin.existingSecret", "gate-admin").call())
        .contains("name: SCOPEGATE_ADMIN_TOKEN")
        .contains("name: gate-admin")
        .contains("key: admin-token");
  }
}
