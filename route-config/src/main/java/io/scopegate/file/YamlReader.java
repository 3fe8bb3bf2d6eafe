package io.scopegate.file;

import io.scopegate.route.Position;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Reads one YAML document into a tree with positions. What makes a file say something else than it
 * seems to (anchors, aliases, tags, merge keys, duplicate keys, several documents) is refused. Used
 * by the wiring only.
 */
public final class YamlReader {
  /** The size of the largest file that is read. */
  public static final int MAX_BYTES = 64 << 20;

  /** Deeper nesting is an attack or an accident. */
  static final int MAX_DEPTH = 100;

  private final String file;
  private final Problems problems;
  private final Deque<YamlFrame> open = new ArrayDeque<>();
  private final YamlFrame root;
  private int documents;

  private YamlReader(String file, Problems problems) {
    this.file = file;
    this.problems = problems;
    this.root = YamlFrame.sequence(new Position(file, 1, 1));
  }

  /**
   * Returns what the bytes of a file say, if they can be read; what is wrong is added to the
   * problems.
   *
   * @param file the path as the user gave it
   */
  public static Optional<YamlNode> read(String file, byte[] bytes, Problems problems) {
    if (bytes.length > MAX_BYTES) {
      problems.error(new Position(file, 1, 1), "the file is larger than 64 MiB");
      return Optional.empty();
    }
    return Utf8.decoded(file, bytes, problems).flatMap(text -> read(file, text, problems));
  }

  /**
   * Returns what a text says, if it can be read; what is wrong is added to the problems.
   *
   * @param file what messages call it
   */
  public static Optional<YamlNode> read(String file, String text, Problems problems) {
    if (!Utf8.isPrintable(file, text, problems)) {
      return Optional.empty();
    }
    return new YamlReader(file, problems).tree(text);
  }

  private Optional<YamlNode> tree(String text) {
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setCodePointLimit(Integer.MAX_VALUE).build();
    open.push(root);
    try {
      Iterator<Event> events = new Parse(settings).parseString(text).iterator();
      while (events.hasNext()) {
        if (!accept(events.next())) {
          return Optional.empty();
        }
      }
    } catch (YamlEngineException syntax) {
      problems.error(position(syntax), "not YAML: " + reason(syntax));
      return Optional.empty();
    }
    if (root.isEmpty()) {
      problems.error(root.at(), "the file is empty");
      return Optional.empty();
    }
    return Optional.of(root.firstItem());
  }

  /** Takes one event; says whether the rest is worth reading. */
  private boolean accept(Event event) {
    switch (event.getEventId()) {
      case DocumentStart -> {
        if (++documents > 1) {
          problems.error(position(event.getStartMark()), "a file holds one document only");
          return false;
        }
      }
      case Alias -> {
        Position at = position(event.getStartMark());
        String alias = "*" + ((AliasEvent) event).getAlias();
        problems.error(at, "alias " + Wording.quoted(alias), "write the value out");
        current().add(new YamlNode.Unreadable(at), problems);
      }
      case Scalar -> current().add(scalar((ScalarEvent) event), problems);
      case MappingStart, SequenceStart -> {
        return opened((CollectionStartEvent) event);
      }
      case MappingEnd, SequenceEnd -> {
        YamlNode complete = open.pop().complete();
        current().add(complete, problems);
      }
      default -> {}
    }
    return true;
  }

  private boolean opened(CollectionStartEvent event) {
    Position at = position(event.getStartMark());
    refuseProperties(event, event.getTag(), at);
    if (open.size() > MAX_DEPTH) {
      problems.error(at, "nested deeper than " + MAX_DEPTH + " levels");
      return false;
    }
    boolean mapping = event.getEventId() == Event.ID.MappingStart;
    open.push(mapping ? YamlFrame.mapping(at) : YamlFrame.sequence(at));
    return true;
  }

  private YamlNode scalar(ScalarEvent event) {
    Position at = position(event.getStartMark());
    refuseProperties(event, event.getTag(), at);
    YamlNode.Kind kind = event.isPlain() ? CoreSchema.kind(event.getValue()) : YamlNode.Kind.TEXT;
    return new YamlNode.Scalar(at, event.getValue(), kind);
  }

  private void refuseProperties(NodeEvent event, Optional<String> tag, Position at) {
    event
        .getAnchor()
        .ifPresent(
            anchor ->
                problems.error(
                    at, "anchor " + Wording.quoted("&" + anchor), "write each value out"));
    tag.ifPresent(
        word -> problems.error(at, "tag " + Wording.quoted(word), "write the plain value"));
  }

  private YamlFrame current() {
    YamlFrame top = open.peek();
    return top == null ? root : top;
  }

  private Position position(Optional<Mark> mark) {
    return mark.map(m -> new Position(file, m.getLine() + 1, m.getColumn() + 1))
        .orElseGet(() -> new Position(file, 1, 1));
  }

  private Position position(YamlEngineException syntax) {
    return syntax instanceof MarkedYamlEngineException marked
        ? position(marked.getProblemMark().or(marked::getContextMark))
        : new Position(file, 1, 1);
  }

  private static String reason(YamlEngineException syntax) {
    String reason = String.valueOf(syntax.getMessage());
    if (syntax instanceof MarkedYamlEngineException marked) {
      String context = marked.getContext();
      reason = (context == null ? "" : context + ": ") + marked.getProblem();
    }
    String line = reason.lines().findFirst().orElse("").strip();
    return line.isEmpty()
        ? "it cannot be read"
        : line.substring(0, 1).toLowerCase(Locale.ROOT) + line.substring(1);
  }
}
