package io.scopegate.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.SniHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the certificate by the server that the client names, and makes way for the handshake.
 * Confined to the channel's event loop.
 */
final class ServerNameHandler extends SniHandler {
  /** A greeting has a few hundred bytes; with keys of the size of RSA some thousand. */
  private static final int MAX_GREETING_BYTES = 64 * 1024;

  private final long timeoutMillis;

  /** Says that none of several certificates is for the server that the client names. */
  static final class UnrecognizedName extends SSLException {
    private static final long serialVersionUID = 1;

    UnrecognizedName() {
      super("no certificate is for the server that the client names");
    }
  }

  ServerNameHandler(ServerContexts contexts, Duration timeout) {
    super(
        (name, promise) -> chosen(contexts, name, promise), MAX_GREETING_BYTES, timeout.toMillis());
    this.timeoutMillis = timeout.toMillis();
  }

  private static Future<SslContext> chosen(
      ServerContexts contexts, @Nullable String name, Promise<SslContext> promise) {
    return contexts
        .choose(name)
        .map(promise::setSuccess)
        .orElseGet(() -> promise.setFailure(new UnrecognizedName()));
  }

  @Override
  protected SslHandler newSslHandler(SslContext context, ByteBufAllocator allocator) {
    SslHandler handler = super.newSslHandler(context, allocator);
    handler.setHandshakeTimeoutMillis(timeoutMillis);
    SSLParameters parameters = handler.engine().getSSLParameters();
    parameters.setUseCipherSuitesOrder(true);
    handler.engine().setSSLParameters(parameters);
    return handler;
  }
}
