public import ArgumentParser

/// The flags that describe a load, as typed; `gzload` and `gztop` share them.
///
/// Values stay text here: `plan(_:)` gives them their meaning in one step, so that every bad value is answered by one line
/// in our own words. Nothing else in the package reads these flags.
public struct LoadArguments: ParsableArguments, Sendable {
  @OptionGroup(title: "Target")
  var target: TargetArguments

  @OptionGroup(title: "Load")
  var load: PaceArguments

  @OptionGroup(title: "Request")
  var request: RequestArguments

  @OptionGroup(title: "Network")
  var network: NetworkArguments

  @OptionGroup(title: "Judging")
  var judging: JudgingArguments

  @OptionGroup(title: "Watching")
  var observation: ObservationArguments

  public init() {}

  /// Options whose value stands behind an equals sign or not at all, as they are typed.
  public static let optionalValues = ["--embedded"]

  /// ArgumentParser has no options with an optional value: a bare `--embedded` becomes `--embedded=proxy` before parsing.
  public static func prepared(_ arguments: [String]) -> [String] {
    var afterTerminator = false
    return arguments.map { argument in
      if argument == "--" { afterTerminator = true }
      return argument == "--embedded" && !afterTerminator ? "--embedded=\(LabMode.proxy.rawValue)" : argument
    }
  }
}
