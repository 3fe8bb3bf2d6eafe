package io.scopegate.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The quick start, as its smoke test tries it. */
class QuickstartTest {

  @Test
  void everything_that_the_quick_start_shows_comes_back_as_it_says() {
    Shell.Result result = new Shell().run("quickstart", "--smoke");
    assertThat(result.code()).as(result.out() + result.err()).isZero();
    assertThat(result.out())
        .contains("200 from the backend, which was told: ")
        .contains("subject=mia")
        .contains("403 insufficient_scope: ")
        .contains("403 insufficient_role: ")
        .contains("401 credential_missing: ")
        .contains("401 credential_invalid: ")
        .endsWith("all 7 as expected\n");
  }
}
