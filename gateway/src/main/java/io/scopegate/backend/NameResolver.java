package io.scopegate.backend;

import io.netty.channel.EventLoop;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsCache;
import io.netty.resolver.dns.DnsCacheEntry;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SingletonDnsServerAddressStreamProvider;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up: in the hosts file, then with the name servers and search domains of this machine.
 * Nothing is remembered here; the answer says for how long it is good. Safe from any thread.
 */
public final class NameResolver {
  private static final Duration QUERY_TIMEOUT = Duration.ofSeconds(2);

  /** Of an answer that says nothing about it, such as one of the hosts file. */
  private static final long USUAL_TTL_SECONDS = 60;

  private final EventLoops loops;
  private final DnsServerAddressStreamProvider servers;

  /** Asks the name servers of this machine. */
  public NameResolver(EventLoops loops) {
    this(loops, DnsServerAddressStreamProviders.platformDefault());
  }

  /** Asks this name server. */
  public NameResolver(EventLoops loops, InetSocketAddress server) {
    this(loops, new SingletonDnsServerAddressStreamProvider(server));
  }

  private NameResolver(EventLoops loops, DnsServerAddressStreamProvider servers) {
    this.loops = loops;
    this.servers = servers;
  }

  /**
   * What a name stands for. Immutable.
   *
   * @param addresses of IPv4 if there are any, else of IPv6; none if there is no such name
   * @param ttl for how long
   */
  record Found(List<InetAddress> addresses, Duration ttl) {
    static final Found NOTHING = new Found(List.of(), Duration.ZERO);
  }

  /** Looks a name up; fails if nobody could be asked or the one asked does not know. */
  Future<Found> lookup(String host, EventLoop loop) {
    ShortestTtl ttl = new ShortestTtl();
    DnsNameResolver resolver = resolver(loop, ttl);
    Promise<Found> promise = loop.newPromise();
    resolver
        .resolveAll(host)
        .addListener(
            (Future<List<InetAddress>> done) -> {
              resolver.close();
              if (done.isSuccess()) {
                promise.setSuccess(new Found(preferred(done.getNow()), ttl.shortest()));
              } else if (isNoSuchName(done.cause())) {
                promise.setSuccess(Found.NOTHING);
              } else {
                promise.setFailure(done.cause());
              }
            });
    return promise;
  }

  private DnsNameResolver resolver(EventLoop loop, DnsCache cache) {
    return new DnsNameResolverBuilder(loop)
        .datagramChannelType(loops.datagramChannel())
        .socketChannelType(loops.socketChannel())
        .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
        .nameServerProvider(servers)
        .queryTimeoutMillis(QUERY_TIMEOUT.toMillis())
        .resolveCache(cache)
        .cnameCache(NoopDnsCnameCache.INSTANCE)
        .build();
  }

  private static List<InetAddress> preferred(List<InetAddress> all) {
    List<InetAddress> ofVersion4 =
        all.stream().filter(Inet4Address.class::isInstance).distinct().toList();
    return ofVersion4.isEmpty() ? all.stream().distinct().toList() : ofVersion4;
  }

  /**
   * Says whether a server has answered that there is no such name. Only then its addresses may be
   * somebody else's by now; a server that is away says nothing about them.
   */
  private static boolean isNoSuchName(Throwable failure) {
    @Nullable Throwable cause = failure;
    while (cause instanceof UnknownHostException) {
      cause = cause.getCause();
    }
    return cause == null
        || (cause instanceof DnsErrorCauseException error
            && error.getCode().equals(DnsResponseCode.NXDOMAIN));
  }

  /** A cache that keeps of one look-up only how long its answer is good. */
  private static final class ShortestTtl implements DnsCache {
    private long seconds = Long.MAX_VALUE;

    Duration shortest() {
      return Duration.ofSeconds(seconds == Long.MAX_VALUE ? USUAL_TTL_SECONDS : seconds);
    }

    @Override
    public DnsCacheEntry cache(
        String hostname,
        DnsRecord @Nullable [] additionals,
        InetAddress address,
        long originalTtl,
        EventLoop loop) {
      seconds = Math.min(seconds, originalTtl);
      return new Entry(address, null);
    }

    @Override
    public DnsCacheEntry cache(
        String hostname, DnsRecord @Nullable [] additionals, Throwable cause, EventLoop loop) {
      return new Entry(null, cause);
    }

    @Override
    public @Nullable List<? extends DnsCacheEntry> get(
        String hostname, DnsRecord @Nullable [] additionals) {
      return null;
    }

    @Override
    public void clear() {
      // Nothing is kept.
    }

    @Override
    public boolean clear(String hostname) {
      return false;
    }
  }

  private record Entry(@Nullable InetAddress address, @Nullable Throwable cause)
      implements DnsCacheEntry {}
}
