internal import LoadGen
internal import ToolSupport

// Keys of a recorded run.
extension DashboardModel {
  private static let jump: Int64 = 5_000_000

  /// Nil where no record is played, and for other keys.
  mutating func pressForPlayback(_ key: Key) -> [Effect]? {
    guard abilities.contains(.playback), let playback else { return nil }
    switch key {
    case .character("p"), .character(" "): return [.command(.playback(.setPlaying(!playback.isPlaying)))]
    case .character("."): return [.command(.playback(.step))]
    case .character(","): return [.command(.playback(.move(by: -Self.jump)))]
    case .left where focus == nil: return [.command(.playback(.move(by: -Self.jump)))]
    case .right: return [.command(.playback(.move(by: Self.jump)))]
    case .character(">"): return setSpeed(playback.speed * 2)
    case .character("<"): return setSpeed(playback.speed / 2)
    case .character(":"):
      overlay = .prompt(Prompt(purpose: .seek))
      return []
    default: return nil
    }
  }

  private mutating func setSpeed(_ speed: Double) -> [Effect] {
    let speed = min(max(speed, 0.125), 64)
    return [.command(.playback(.setSpeed(speed)))]
  }
}
