package io.scopegate.file;

/** The {@code apiVersion} that every file starts with. Safe from any thread. */
public final class ApiVersion {
  /** The only one there is. */
  public static final String V1 = "scopegate/v1";

  private ApiVersion() {}

  /** Notes it if a file has none or another one. */
  public static void check(Fields file, NodeReader reader) {
    file.requiredText("apiVersion")
        .filter(version -> !version.text().equals(V1))
        .ifPresent(
            version ->
                reader
                    .problems()
                    .error(
                        version.at(),
                        "unknown apiVersion " + Wording.quoted(version.text()),
                        "write " + Wording.quoted(V1)));
  }
}
