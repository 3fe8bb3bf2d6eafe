package io.scopegate.backend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RetryBudgetTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private static int taken(RetryBudget budget, long nowNanos) {
    int count = 0;
    while (budget.take(nowNanos)) {
      count++;
    }
    return count;
  }

  @Test
  void retries_are_a_share_of_the_requests() {
    RetryBudget budget = new RetryBudget(new Resilience.Retries(2, 20, 0), 0);
    assertThat(taken(budget, 0)).as("saved up").isEqualTo(100);
    for (int i = 0; i < 50; i++) {
      budget.requested();
    }
    assertThat(taken(budget, 0)).isEqualTo(10);
    assertThat(taken(budget, SECOND)).isZero();
  }

  @Test
  void no_more_than_the_recent_requests_count() {
    RetryBudget budget = new RetryBudget(new Resilience.Retries(2, 20, 0), 0);
    for (int i = 0; i < 10_000; i++) {
      budget.requested();
    }
    assertThat(taken(budget, 0)).isEqualTo(100);
  }

  @Test
  void a_few_each_second_are_there_in_any_case() {
    RetryBudget budget = new RetryBudget(new Resilience.Retries(2, 0, 10), 0);
    assertThat(taken(budget, 0)).isEqualTo(10);
    assertThat(taken(budget, SECOND / 2)).isEqualTo(5);
    assertThat(taken(budget, SECOND)).isEqualTo(5);
    assertThat(taken(budget, 60 * SECOND)).as("seconds are not saved up").isEqualTo(10);
  }
}
