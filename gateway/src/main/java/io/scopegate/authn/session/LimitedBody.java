package io.scopegate.authn.session;

import java.io.IOException;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/** Takes an answer's body up to a limit, and fails beyond. Confined to its exchange. */
final class LimitedBody implements BodySubscriber<byte[]> {
  private final BodySubscriber<byte[]> body = BodySubscribers.ofByteArray();
  private int left;
  private Flow.@Nullable Subscription subscription;

  private LimitedBody(int limitBytes) {
    this.left = limitBytes;
  }

  /** Returns what takes bodies of this length at most. */
  static BodyHandler<byte[]> upTo(int limitBytes) {
    return head -> new LimitedBody(limitBytes);
  }

  @Override
  public CompletionStage<byte[]> getBody() {
    return body.getBody();
  }

  @Override
  public void onSubscribe(Flow.Subscription toBody) {
    subscription = toBody;
    body.onSubscribe(toBody);
  }

  @Override
  public void onNext(List<ByteBuffer> items) {
    if (left < 0) {
      return;
    }
    for (ByteBuffer item : items) {
      left -= item.remaining();
    }
    if (left >= 0) {
      body.onNext(items);
      return;
    }
    if (subscription != null) {
      subscription.cancel();
    }
    body.onError(new IOException("the answer is longer than it may be"));
  }

  @Override
  public void onError(Throwable failure) {
    body.onError(failure);
  }

  @Override
  public void onComplete() {
    if (left >= 0) {
      body.onComplete();
    }
  }
}
