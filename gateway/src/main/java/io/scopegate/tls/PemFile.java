package io.scopegate.tls;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The blocks of a file in PEM (RFC 7468), in order. Immutable. */
final class PemFile {
  private static final long MAX_BYTES = 4L << 20;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----(.*?)-----END \\1-----", Pattern.DOTALL);

  private final Path path;
  private final List<Block> blocks;

  private PemFile(Path path, List<Block> blocks) {
    this.path = path;
    this.blocks = List.copyOf(blocks);
  }

  /** One block. Immutable. */
  static final class Block {
    private final String label;
    private final byte[] content;

    Block(String label, byte[] content) {
      this.label = label;
      this.content = content;
    }

    String label() {
      return label;
    }

    /** Returns a copy of what is in it. */
    byte[] content() {
      return content.clone();
    }
  }

  static PemFile read(Path path) throws TlsFileException {
    String text = text(path);
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), content(path, matcher.group(2))));
    }
    return new PemFile(path, blocks);
  }

  private static String text(Path path) throws TlsFileException {
    if (!Files.exists(path)) {
      throw new TlsFileException(path, "does not exist");
    }
    try {
      if (Files.size(path) > MAX_BYTES) {
        throw new TlsFileException(path, "is larger than any file of certificates or keys");
      }
      return Files.readString(path, StandardCharsets.ISO_8859_1);
    } catch (TlsFileException e) {
      throw e;
    } catch (IOException e) {
      throw new TlsFileException(path, "cannot be read");
    }
  }

  private static byte[] content(Path path, String body) throws TlsFileException {
    if (body.contains("Proc-Type:")) {
      throw new TlsFileException(
          path, "is encrypted in an old form; rewrite it with `openssl pkcs8 -topk8`");
    }
    try {
      return Base64.getDecoder().decode(body.replaceAll("\\s", ""));
    } catch (IllegalArgumentException e) {
      throw new TlsFileException(path, "is not PEM: its content is not base64");
    }
  }

  Path path() {
    return path;
  }

  List<Block> blocks() {
    return blocks;
  }
}
