internal import LoadGen
internal import ToolSupport

/// Where a recorded run is being shown.
enum PlaybackLine {
  static func message(_ playback: PlaybackState, _ glyphs: GlyphSet) -> DetailLine.Message {
    let place =
      FieldText.clock(Double(playback.position) / 1e6) + " of " + FieldText.clock(Double(playback.duration) / 1e6)
    let speed = "x" + HumanText.fixed(playback.speed, playback.speed < 1 ? 1 : 0)
    let isOver = playback.position >= playback.duration
    let word = playback.isPlaying ? "playing \(speed)" : isOver ? "end of the record" : "paused"
    return DetailLine.Message(text: "\(word)\(glyphs.separator)\(place)", short: place, role: .heading)
  }
}
