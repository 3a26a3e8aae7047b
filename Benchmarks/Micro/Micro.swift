/// One hot operation as often as the command line says, and nothing else: for a tool that counts instructions.
///
///     gzmicro                  the names, and what each is
///     gzmicro NAME COUNT       does it COUNT times
@main enum Micro {
  /// Something whose cost is known by what one more of it costs.
  struct Case: Sendable {
    let name: String
    let what: String
    /// What comes before the first time; the result is called as often as wanted, and its sum is printed, so that nothing is left out.
    let prepare: @Sendable () throws -> () -> Int
  }

  static func main() throws {
    let words = Array(CommandLine.arguments.dropFirst())
    let cases = ProxyCases.all + LoadCases.all
    if words.isEmpty {
      for one in cases { print("\(one.name)\t\(one.what)") }
      return
    }
    guard words.count == 2, let count = Int(words[1]), let one = cases.first(where: { $0.name == words[0] }) else {
      throw Wrong(words: words)
    }
    let operation = try one.prepare()
    var sum = 0
    for _ in 0..<count { sum &+= operation() }
    print(sum)
  }

  struct Wrong: Error { let words: [String] }
}
