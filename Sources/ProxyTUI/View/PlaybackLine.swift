internal import LoadGen
internal import ToolSupport

/// Where a recorded run is being shown.
enum PlaybackLine {
  /// - Parameter status: what the source has to say besides.
  static func message(_ playback: PlaybackState, status: String?, _ glyphs: GlyphSet) -> DetailLine.Message {
    let place =
      FieldText.clock(Double(playback.position) / 1e6) + " of " + FieldText.clock(Double(playback.duration) / 1e6)
    let speed = "x" + (playback.speed == 0.125 ? "1/8" : FieldText.number(playback.speed))
    let isOver = playback.position >= playback.duration
    let word = playback.isPlaying ? "playing \(speed)" : isOver ? "end of the record" : "paused"
    let parts = [word, place] + (status.map { [$0] } ?? [])
    return DetailLine.Message(
      text: parts.joined(separator: glyphs.separator), short: playback.isPlaying ? "\(place) \(speed)" : place,
      role: .heading)
  }
}
