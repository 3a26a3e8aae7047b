extension Lab {
  /// A quick and lively default: large enough to stream, small enough that a few hundred take seconds on two cores.
  public static let defaultTarget = "/gzip/8MiB"

  /// For the dashboard: paced bodies of mixed length, so that there is something to watch in every row.
  public static let demoTargets = [
    "/gzip/32MiB?pace=1MiB",
    "/gzip/8MiB?pace=512KiB&seed=1",
    "/gzip/16MiB?pace=2MiB&seed=2",
    "/gzip/4MiB?pace=256KiB&seed=3",
    "/gzip/64MiB?pace=4MiB&seed=4",
  ]
}
