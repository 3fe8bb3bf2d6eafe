package io.scopegate.backend;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ClosingsTest {
  private final EmbeddedChannel other = new EmbeddedChannel();
  private final Closings closings = new Closings(other.eventLoop());
  private final List<EmbeddedChannel> channels = new ArrayList<>();

  private void close(int count) {
    for (int i = 0; i < count; i++) {
      EmbeddedChannel channel = new EmbeddedChannel();
      channels.add(channel);
      closings.add(channel);
    }
  }

  private long open() {
    return channels.stream().filter(EmbeddedChannel::isOpen).count();
  }

  @Test
  void eight_are_closed_at_once_and_others_come_before_the_next() {
    close(20);
    assertThat(open()).isEqualTo(12);
    other.runScheduledPendingTasks();
    assertThat(open()).isEqualTo(4);
    close(1);
    assertThat(open()).isEqualTo(5);
    other.runScheduledPendingTasks();
    assertThat(open()).isZero();
  }

  @Test
  void one_that_is_given_up_alone_is_closed_at_once() {
    for (int i = 0; i < 20; i++) {
      close(1);
      assertThat(open()).isZero();
      other.runScheduledPendingTasks();
    }
  }
}
