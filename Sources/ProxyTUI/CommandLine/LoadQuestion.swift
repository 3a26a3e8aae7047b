internal import CTerminal
internal import LoadGen
internal import ToolSupport

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What is asked before a load that nothing ends goes to a host that is not this one.
enum LoadQuestion {
  /// Nil when there is nothing to ask. Pure.
  static func text(_ plan: LoadPlan, isLab: Bool) -> String? {
    guard !isLab, plan.streams == nil, plan.runDuration == nil, let host = plan.firstRemoteHost else { return nil }
    let lanes = "\(HumanText.grouped(plan.concurrency)) \(plan.concurrency == 1 ? "lane" : "lanes")"
    return "gztop: load \(OptionWords.shown(host)) with \(lanes) until quit? [y/N] "
  }

  /// Only a yes is one. Pure.
  static func isYes(_ answer: String?) -> Bool {
    let answer = (answer ?? "").lowercased().filter { !$0.isWhitespace }
    return answer == "y" || answer == "yes"
  }

  /// - Parameter ask: shows the question and returns the line that is typed; nil at its end.
  /// - Throws: `usage` when it is not to be.
  static func settle(
    _ plan: LoadPlan, isLab: Bool, yes: Bool, ask: (String) -> String? = onTerminal
  ) throws(ToolFailure) {
    guard !yes, let question = text(plan, isLab: isLab), !isYes(ask(question)) else { return }
    throw .usage("nothing was started; give the load an end with -n or -z, or say --yes")
  }

  /// On the terminal itself, wherever stdin and stderr go.
  static func onTerminal(_ question: String) -> String? {
    let tty = cterm_open_tty()
    guard tty >= 0 else { return nil }
    defer { close(tty) }
    var question = question
    _ = question.withUTF8 { write(tty, $0.baseAddress, $0.count) }
    var line: [UInt8] = []
    var byte: UInt8 = 0
    while line.count < 64 {
      let count = read(tty, &byte, 1)
      if count < 0, errno == EINTR { continue }
      guard count == 1 else { return nil }
      if byte == 10 { break }
      line.append(byte)
    }
    return String(decoding: line, as: UTF8.self)
  }
}
