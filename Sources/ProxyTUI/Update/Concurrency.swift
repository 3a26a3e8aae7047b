/// The steps of `+` and `-`: ones below 10, tens below 100, and so on, always on the same round numbers.
enum Concurrency {
  static let highest = 100_000

  static func step(from lanes: Int, up: Bool) -> Int {
    let current = min(max(1, lanes), highest)
    var unit = 1
    // Going down from 10 leads to 9, going up from it to 20.
    while up ? current >= unit * 10 : current > unit * 10 { unit *= 10 }
    let next = up ? (current / unit + 1) * unit : (current + unit - 1) / unit * unit - unit
    return min(max(1, next), highest)
  }
}
