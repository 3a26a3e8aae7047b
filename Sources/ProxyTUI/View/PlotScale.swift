/// Upper edges of graphs: few and round, so that a scale stays put while the load does.
enum PlotScale {
  /// The power of two, at least `least` (one itself), that holds so many bytes.
  static func bytes(_ highest: Double, least: Int64 = 1024) -> Int64 {
    var scale = least
    while Double(scale) < highest, scale < 1 << 60 { scale <<= 1 }
    return scale
  }

  /// 1, 2, 5, 10, 20, 50 …
  static func count(_ highest: Double) -> Int {
    var decade = 1
    while decade < 1_000_000_000_000_000 {
      for step in [1, 2, 5] where Double(decade * step) >= highest { return decade * step }
      decade *= 10
    }
    return decade
  }
}
