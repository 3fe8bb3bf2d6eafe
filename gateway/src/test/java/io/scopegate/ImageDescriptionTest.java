package io.scopegate;

import static org.assertj.core.api.Assertions.assertThat;

import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The image is what the chart runs. */
class ImageDescriptionTest {
  private static final Path CHART = Path.of("..", "helm", "scopegate").toAbsolutePath().normalize();

  private final String pom = Files.readString(Path.of("pom.xml"));
  private final String chart = new Helm(CHART).template().withName("gate").call();

  ImageDescriptionTest() throws IOException {}

  @Test
  void both_name_the_same_user() throws IOException {
    assertThat(pom).contains("<user>65532:65532</user>");
    assertThat(chart).contains("runAsUser: 65532", "runAsGroup: 65532");
    assertThat(Files.readString(Path.of("src/image/root/etc/passwd"))).contains(":65532:65532:");
  }

  @Test
  void both_name_the_same_ports() {
    for (String port : new String[] {"8080", "9902"}) {
      assertThat(pom).contains("<port>" + port + "</port>");
      assertThat(chart).contains("containerPort: " + port);
    }
  }

  @Test
  void what_the_chart_mounts_to_be_written_can_be_written_without_it_too() {
    for (String folder : new String[] {"/tmp", "/var/lib/scopegate"}) {
      assertThat(pom).contains("<file>" + folder + "</file><mode>777</mode>");
      assertThat(chart).contains("mountPath: " + folder);
    }
  }

  @Test
  void the_chart_runs_the_image_of_this_version() throws IOException {
    String version = pom.replaceFirst("(?s).*?<version>([0-9.]+)(-SNAPSHOT)?</version>.*", "$1");
    assertThat(chart).contains("image: scopegate:" + version);
  }

  @Test
  void a_collector_of_the_chart_replaces_the_one_of_the_image() {
    assertThat(rendered("-XX:+UseZGC")).contains("value: \"-XX:-UseParallelGC -XX:+UseZGC\"");
    assertThat(rendered("-Xmx256m")).contains("value: \"-Xmx256m\"");
  }

  private static String rendered(String javaOptions) {
    return new Helm(CHART).template().withName("gate").set("javaOptions", javaOptions).call();
  }
}
