extension Lab {
  /// A quick and lively default: large enough to stream, small enough that a few hundred take seconds on two cores.
  public static let defaultTarget = "/gzip/8MiB"

  /// 8 MiB on the wire: more than a response that does not stream can be.
  public static let overlongTarget = "/gzip/32MiB"

  /// For the dashboard: paced bodies of mixed length, so that there is something to watch in every row. The paces have no
  /// common beat, or all lanes would end and begin together. Two of them are more than a response that does not stream can be.
  public static let demoTargets = [
    "/gzip/32MiB?pace=1100KiB",
    "/gzip/8MiB?pace=430KiB&seed=1",
    "/gzip/16MiB?pace=1700KiB&seed=2",
    "/gzip/4MiB?pace=310KiB&seed=3",
    "/gzip/64MiB?pace=3700KiB&seed=4",
  ]
}
