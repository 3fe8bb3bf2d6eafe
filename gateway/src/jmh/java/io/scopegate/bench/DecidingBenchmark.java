package io.scopegate.bench;

import io.scopegate.policy.Authorizer;
import io.scopegate.policy.Caller;
import io.scopegate.policy.Decision;
import io.scopegate.policy.Policy;
import io.scopegate.route.HttpFields;
import io.scopegate.route.Reading;
import io.scopegate.route.RequestLine;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to decide requests for random rows, next to the cheapest thing that could find a
 * row at all: one look-up of the whole path in a hash table. Confined to one thread of a benchmark.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(2)
// The compiler is done with all of it after some eight seconds.
@Warmup(iterations = 4, time = 3)
@Measurement(iterations = 5, time = 1)
@NullUnmarked
public class DecidingBenchmark {
  private static final int REQUESTS = 1 << 17;

  /** How many rows the table has; 16,744 is the size of the largest public one at hand. */
  @Param({"10", "1000", "16744", "100000"})
  public int routes;

  /** Whether the rows have path parameters. */
  @Param({"false", "true"})
  public boolean parameters;

  private Policy policy;
  private Caller.Authenticated caller;
  private Map<String, Integer> rows;
  private String[] paths;
  private RequestLine[] lines;
  private int next;

  /** Invents the table and the requests. */
  @Setup
  public void invent() {
    InventedTable table = new InventedTable(routes, parameters);
    policy = table.policy();
    caller = table.caller();
    rows = new HashMap<>();
    table.paths().forEach(path -> rows.put(path, rows.size()));
    paths = new String[REQUESTS];
    lines = new RequestLine[REQUESTS];
    Random random = new Random(routes);
    for (int i = 0; i < REQUESTS; i++) {
      // Strings of their own: those in the hash table know their hashes.
      paths[i] = new String(table.paths().get(random.nextInt(routes)).toCharArray());
      lines[i] = (RequestLine) RequestLine.parse("GET", paths[i], "gw.test");
    }
    if (!(decide() instanceof Decision.Allow)) {
      throw new IllegalStateException("the caller is not let through");
    }
  }

  private int request() {
    next = (next + 1) & (REQUESTS - 1);
    return next;
  }

  /** Finds the path in a hash table of as many; its hash is not known yet. */
  @Benchmark
  @SuppressWarnings("StringOperationCanBeSimplified")
  public @Nullable Integer hashMapGet() {
    return rows.get(new String(paths[request()]));
  }

  /** Finds the row of a request line that was read. */
  @Benchmark
  public Object match() {
    return policy.routes().match(lines[request()]);
  }

  /** Finds the row of a request line that was read and decides. */
  @Benchmark
  public Decision matchAndDecide() {
    return Authorizer.decide(policy, lines[request()], HttpFields.none(), caller);
  }

  /** Reads the request line, finds the row and decides: all there is on the way of a request. */
  @Benchmark
  public Decision decide() {
    Reading reading = RequestLine.parse("GET", paths[request()], "gw.test");
    return Authorizer.decide(policy, reading, HttpFields.none(), caller);
  }
}
