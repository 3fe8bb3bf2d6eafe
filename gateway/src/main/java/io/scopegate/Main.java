package io.scopegate;

import io.scopegate.command.Program;
import io.scopegate.command.Surroundings;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;

/** The entry point: the only place that knows the process it runs in. Used by the wiring only. */
public final class Main {
  private Main() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] args) {
    // The JDK's TLS, where BoringSSL cannot be loaded, would let clients ask for handshakes anew.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
    // Looking for leaks takes the stack of one buffer in a hundred; our tests look at all of them.
    System.setProperty(
        "io.netty.leakDetection.level",
        System.getProperty("io.netty.leakDetection.level", "disabled"));
    System.exit(Program.run(args, ofProcess()));
  }

  private static Surroundings ofProcess() {
    return new Surroundings(
        new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8),
        new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8),
        System.getenv(),
        Clock.systemUTC(),
        new SecureRandom(),
        // The launcher knows whether standard output is a terminal; Java does not, before version
        // 22.
        Boolean.getBoolean("scopegate.colours"));
  }
}
