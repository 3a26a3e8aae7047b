internal import ToolSupport

/// Which options of a load cannot both hold, so that a flag takes the place of what a variable or a file says with another
/// option: `--http1.1` of GZLOAD_HTTP2, `-f FILE` of the file's `url:`.
///
/// What makes a run judge less is never displaced: an expectation of the file that the chosen validation cannot test stays
/// an error.
enum LoadRivals {
  typealias Setting = SettingsRules.Setting

  @Sendable static func displaces(_ strong: Setting, _ weak: Setting) -> Bool {
    areRivals(strong, weak) || areRivals(weak, strong) || isForemost(strong, over: weak)
  }

  /// Either takes the other's place.
  private static func areRivals(_ one: Setting, _ other: Setting) -> Bool {
    if pairs[one.key]?.contains(other.key) == true { return true }
    switch (one.key, other.key) {
    case ("method", "data"), ("method", "data-file"): return one.value.uppercased() == "HEAD"
    case ("content-type", "header"): return field(other) == "content-type"
    case ("accept", "header"): return field(other) == "accept"
    case ("user", "header"), ("aws-sigv4", "header"): return field(other) == "authorization"
    case ("embedded", "url"): return other.value.contains("://")
    case ("output-format", "output"): return one.value == OutputPlan.Format.quiet.rawValue && other.value != "-"
    default: return false
    }
  }

  /// What gztop shows instead of a load of its own.
  private static let shown: Set = ["replay", "attach", "watch"]
  /// What goes with whatever is shown.
  private static let everywhere: Set = ["fps", "ascii", "theme", "no-mouse", "yes", "no-color"]
  private static let targets: Set = ["url", "file", "embedded"]

  /// What says what a run is for, over what would not go with it.
  private static func isForemost(_ strong: Setting, over weak: Setting) -> Bool {
    if shown.contains(strong.key) { return weak.key != strong.key && !everywhere.contains(weak.key) }
    return switch (strong.key, weak.key) {
    case (let key, _) where shown.contains(weak.key): targets.contains(key)
    case ("embedded", "watch-pid"), ("embedded", "watch-url"): true
    case ("embedded", "lab-concurrency"): LabMode(rawValue: strong.value)?.isFunction == false
    case ("url", "lab-concurrency"): strong.value.contains("://")
    // One way only: a whole profile of a file is not dropped for a number that is typed.
    case ("stages", "rate"), ("stages", "no-latency-correction"): lanes(strong) != nil
    case ("stages", "concurrency"): (lanes(strong) ?? 0) > (Int(weak.value) ?? .max)
    case ("expect", "validate"), ("expect-sha256-decoded", "validate"), ("expect-length-decoded", "validate"):
      ValidationMode(rawValue: weak.value).map { !$0.inflates } ?? false
    default: false
    }
  }

  private static let pairs: [String: Set<String>] = [
    "url": ["file"],
    "burst": ["rate", "stages"],
    "data": ["data-file"],
    "http1.1": ["http2", "streams-per-connection"],
    "disable-keepalive": ["http2", "streams-per-connection"],
    "location": ["aws-sigv4"],
    "proxy": ["unix-socket"],
    "insecure": ["cacert"],
    "ipv4": ["ipv6"],
  ]

  private static func field(_ header: Setting) -> String {
    header.value.prefix { $0 != ":" }.lowercased()
  }

  /// The most lanes of stages; nil for arrivals, and for what is wrong anyway.
  private static func lanes(_ stages: Setting) -> Int? {
    guard case .lanes(let stages)? = try? StageText.parse(stages.value, startRate: nil) else { return nil }
    return Int(clamping: Int64(stages.map(\.target).max() ?? 1))
  }
}
