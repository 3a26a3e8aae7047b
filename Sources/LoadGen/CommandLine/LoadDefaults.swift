/// What the two tools assume when a flag is not given. The flags and their meaning are the same.
public struct LoadDefaults: Sendable {
  public var concurrency: Int
  /// With neither `-n` nor `-z`; nil runs until stopped.
  public var streams: Int?
  /// The lab to start when there is no target at all; nil makes that a usage error.
  public var labWithoutTarget: LabMode?
  /// Paths on the lab's origin when none is given.
  public var labTargets: [String]
  /// The same where responses do not stream.
  public var bufferedTargets: [String]

  func targets(of lab: LabMode) -> [String] { lab == .buffered ? bufferedTargets : labTargets }

  /// Headless: 200 streams over 50 lanes, and a target must be named.
  public static let gzload = LoadDefaults(
    concurrency: 50, streams: 200, labWithoutTarget: nil, labTargets: [Lab.defaultTarget],
    bufferedTargets: [Lab.overlongTarget])

  /// The dashboard: 8 lanes until quit, against the lab when nothing else is named.
  public static let gztop = LoadDefaults(
    concurrency: 8, streams: nil, labWithoutTarget: .proxy, labTargets: Lab.demoTargets,
    bufferedTargets: Lab.demoTargets)
}
