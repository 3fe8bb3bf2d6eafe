package io.scopegate.store;

/** The store cannot be read or written now. Safe from any thread. */
public final class StoreFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one that says what did not work. */
  public StoreFailure(String message) {
    super(message);
  }

  /** Makes one that says what did not work, and why. */
  public StoreFailure(String message, Throwable cause) {
    super(message, cause);
  }
}
