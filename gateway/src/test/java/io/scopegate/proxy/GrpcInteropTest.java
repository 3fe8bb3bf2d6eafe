package io.scopegate.proxy;

import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.netty.shaded.io.grpc.netty.InternalNettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.testing.integration.AbstractInteropTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/** The interoperability cases of gRPC, from its client through a gateway to its server. */
@Timeout(60)
class GrpcInteropTest {
  /** One asks for the very peer, which a gateway is between; one is of a library not used here. */
  private static final Set<String> WITHOUT_A_GATEWAY =
      Set.of("getServerAddressAndLocalAddressFromClient", "censusContextsPropagated");

  @TestFactory
  Stream<DynamicTest> every_case_that_needs_no_credentials_passes() {
    return Arrays.stream(AbstractInteropTest.class.getMethods())
        .filter(method -> method.isAnnotationPresent(org.junit.Test.class))
        .filter(method -> !WITHOUT_A_GATEWAY.contains(method.getName()))
        .map(method -> DynamicTest.dynamicTest(method.getName(), () -> run(method)));
  }

  @TestFactory
  Stream<DynamicTest> every_case_of_compression_passes() throws NoSuchMethodException {
    return Stream.of(
            AbstractInteropTest.class.getMethod("clientCompressedUnary", boolean.class),
            AbstractInteropTest.class.getMethod("clientCompressedStreaming", boolean.class))
        .map(method -> DynamicTest.dynamicTest(method.getName(), () -> run(method, false)));
  }

  private static void run(Method method, Object... arguments) throws Exception {
    Interop client = new Interop();
    client.setUp();
    try {
      method.invoke(client, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      client.tearDown();
      client.close();
    }
  }

  /** A client, a gateway and a server of one case. Confined to the test's thread. */
  private static final class Interop extends AbstractInteropTest implements AutoCloseable {
    private @Nullable TestGateway gateway;

    @Override
    protected ServerBuilder<?> getServerBuilder() {
      return NettyServerBuilder.forPort(0)
          .flowControlWindow(TEST_FLOW_CONTROL_WINDOW)
          .maxInboundMessageSize(MAX_MESSAGE_SIZE);
    }

    @Override
    protected ManagedChannelBuilder<?> createChannelBuilder() {
      try {
        Method listen = AbstractInteropTest.class.getDeclaredMethod("getListenAddress");
        listen.setAccessible(true);
        int port = ((InetSocketAddress) listen.invoke(this)).getPort();
        TestGateway started =
            TestGateway.with(TestGateway.OPEN).backend("core", "h2c://127.0.0.1:" + port).start();
        gateway = started;
        return client(started);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (ReflectiveOperationException e) {
        throw new LinkageError(e.getMessage(), e);
      }
    }

    private static ManagedChannelBuilder<?> client(TestGateway gateway) {
      NettyChannelBuilder builder =
          NettyChannelBuilder.forAddress(gateway.address())
              .usePlaintext()
              .flowControlWindow(TEST_FLOW_CONTROL_WINDOW)
              .maxInboundMessageSize(MAX_MESSAGE_SIZE);
      InternalNettyChannelBuilder.setStatsEnabled(builder, false);
      return builder;
    }

    @Override
    protected boolean metricsExpected() {
      return false;
    }

    @Override
    public void close() {
      if (gateway != null) {
        gateway.close();
      }
    }
  }
}
