package io.scopegate.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlReaderTest {
  private final Problems problems = new Problems();

  private Optional<YamlNode> read(String text) {
    return YamlReader.read("x.yaml", text.getBytes(StandardCharsets.UTF_8), problems);
  }

  private List<String> problems() {
    return problems.sorted().stream().map(Problem::toString).toList();
  }

  @Test
  void keys_keep_their_order_and_positions() {
    YamlNode.Mapping root = (YamlNode.Mapping) read("b: 1\na: [x,\n  'y']\n").orElseThrow();

    assertThat(root.entries()).extracting(YamlNode.Entry::key).containsExactly("b", "a");
    assertThat(root.entries().get(1).keyAt()).hasToString("x.yaml:2:1");
    YamlNode.Sequence list = (YamlNode.Sequence) root.entries().get(1).value();
    assertThat(list.items().get(1).at()).hasToString("x.yaml:3:3");
    assertThat(problems()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      value = {
        "true|BOOLEAN", "False|BOOLEAN", "yes|TEXT", "on|TEXT", "12|INTEGER", "-1|INTEGER",
        "0x1F|INTEGER", "0o17|INTEGER", "1.5|FLOAT", "1e3|FLOAT", ".inf|FLOAT", "~|NULL",
        "null|NULL", "''|NULL", "'\"true\"'|TEXT", "1.2.3.4|TEXT", "5s|TEXT", "2027-01-01|TEXT"
      },
      delimiter = '|')
  void a_plain_scalar_is_what_the_core_schema_of_yaml_1_2_says(String text, YamlNode.Kind kind) {
    YamlNode.Mapping root = (YamlNode.Mapping) read("key: " + text).orElseThrow();

    assertThat(((YamlNode.Scalar) root.entries().get(0).value()).kind()).isEqualTo(kind);
  }

  @Test
  void what_makes_a_file_say_something_else_than_it_seems_to_is_refused_all_at_once() {
    read("a: &x 1\nb: *x\nc: !!str 2\n<<: {d: 1}\na: 3\n? [k]\n: 4\n");

    assertThat(problems())
        .containsExactly(
            "x.yaml:1:4: anchor `&x`; write each value out",
            "x.yaml:2:4: alias `*x`; write the value out",
            "x.yaml:3:4: tag `tag:yaml.org,2002:str`; write the plain value",
            "x.yaml:4:1: merge key `<<`; write the keys out",
            "x.yaml:5:1: duplicate key `a`; it is at line 1 already",
            "x.yaml:6:3: a key must be a word");
  }

  @Test
  void a_second_document_is_refused() {
    assertThat(read("a: 1\n---\nb: 2\n")).isEmpty();
    assertThat(problems()).containsExactly("x.yaml:2:1: a file holds one document only");
  }

  @Test
  void a_syntax_error_is_shown_where_it_is() {
    assertThat(read("a: 1\nb: [1, 2\nc: 3\n")).isEmpty();
    assertThat(problems().get(0)).startsWith("x.yaml:3:2: not YAML: ");
  }

  @Test
  void an_empty_file_is_refused() {
    assertThat(read("# nothing\n")).isEmpty();
    assertThat(problems()).containsExactly("x.yaml:1:1: the file is empty");
  }

  @Test
  void bytes_that_are_not_utf8_are_shown_where_they_are() {
    byte[] bytes = "a: 1\nb: \u00e9 \u00ff".getBytes(StandardCharsets.ISO_8859_1);

    assertThat(YamlReader.read("x.yaml", bytes, problems)).isEmpty();
    assertThat(problems()).containsExactly("x.yaml:2:4: the file is not UTF-8");
  }

  @Test
  void control_characters_are_shown_where_they_are() {
    assertThat(read("a: 1\nb: x\u0000\n")).isEmpty();
    assertThat(problems())
        .containsExactly("x.yaml:2:5: the character U+0000 cannot stand in a file");
  }

  @Test
  void a_byte_order_mark_is_not_part_of_the_text() {
    YamlNode.Mapping root = (YamlNode.Mapping) read("\uFEFFa: 1").orElseThrow();

    assertThat(root.entries().get(0).keyAt()).hasToString("x.yaml:1:1");
  }

  @Test
  void nesting_is_bounded() {
    assertThat(read("[".repeat(100_000))).isEmpty();
    assertThat(problems()).containsExactly("x.yaml:1:101: nested deeper than 100 levels");
  }

  @Test
  void a_file_larger_than_64_MiB_is_refused() {
    assertThat(YamlReader.read("x.yaml", new byte[YamlReader.MAX_BYTES + 1], problems)).isEmpty();
    assertThat(problems()).containsExactly("x.yaml:1:1: the file is larger than 64 MiB");
  }

  @Test
  void fields_report_every_mistake_of_a_mapping() {
    String text =
        """
        name: 12
        debug: yes
        timeout: 5 s
        limit: 64KB
        mode: shadwo
        ports: 80
        nmae: x
        """;
    Fields fields = new NodeReader(problems).fields(read(text).orElseThrow());
    fields.text("name");
    fields.flag("debug");
    fields.duration("timeout");
    fields.bytes("limit");
    fields.oneOf("mode", java.util.Map.of("enforce", 1, "shadow", 2));
    fields.list("ports");
    fields.requiredText("id");
    fields.finish();

    assertThat(problems())
        .containsExactly(
            "x.yaml:1:1: the key `id` is missing",
            "x.yaml:1:7: expected a text, found the number `12`; put it in quotes",
            "x.yaml:2:8: expected `true` or `false`, found the text `yes`",
            "x.yaml:3:10: expected a duration such as `500ms`, `5s`, `10m`, `1h` or `90d`, found"
                + " the text `5 s`",
            "x.yaml:4:8: expected a size such as `512B`, `64KiB`, `1MiB` or `1GiB`, found the text"
                + " `64KB`",
            "x.yaml:5:7: expected `enforce` or `shadow`, found `shadwo`; did you mean `shadow`?",
            "x.yaml:6:8: expected a list, found the number `80`",
            "x.yaml:7:1: unknown key `nmae`; did you mean `name`?");
  }

  @Test
  void quantities_that_do_not_fit_a_long_are_none() {
    assertThat(Quantities.duration("90d")).contains(java.time.Duration.ofDays(90));
    assertThat(Quantities.bytes("64KiB")).contains(65536L);
    assertThat(Quantities.bytes("999999999999GiB")).isEmpty();
    assertThat(Quantities.duration("-5s")).isEmpty();
  }

  @Test
  void a_swap_of_neighbours_is_one_edit() {
    assertThat(Nearest.to("event:raed", List.of("event:write", "event:read")))
        .contains("event:read");
    assertThat(Nearest.to("zebra", List.of("event:read"))).isEmpty();
  }
}
