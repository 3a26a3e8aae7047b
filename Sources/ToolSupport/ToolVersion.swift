/// One version for every tool in the package.
public enum ToolVersion {
  public static let current = "0.1.0"
}
