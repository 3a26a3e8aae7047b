internal import LoadGen
internal import ToolSupport

// Keys of a line that is being typed, and of a question.
extension DashboardModel {
  mutating func press(_ key: Key, in prompt: Prompt) -> [Effect] {
    var prompt = prompt
    prompt.fault = nil
    switch key {
    case .escape:
      overlay = nil
      return []
    case .enter: return accept(prompt)
    case .backspace, .delete: _ = prompt.text.popLast()
    case .control("u"): prompt.text = ""
    case .control("w"): prompt.text = String(prompt.text.dropLast(while: { $0 != " " }))
    case .character(let scalar) where ScalarWidth.of(scalar) != nil:
      if prompt.text.unicodeScalars.count < prompt.limit { prompt.text.unicodeScalars.append(scalar) }
    default: break
    }
    overlay = .prompt(prompt)
    return []
  }

  /// Text is taken where text is typed, and nowhere else: it must not press keys.
  mutating func paste(_ text: String) -> [Effect] {
    guard case .prompt(var prompt) = overlay else { return [] }
    for scalar in text.unicodeScalars.prefix(Prompt.limit) where ScalarWidth.of(scalar) != nil {
      guard prompt.text.unicodeScalars.count < prompt.limit else { break }
      prompt.text.unicodeScalars.append(scalar)
    }
    overlay = .prompt(prompt)
    return []
  }

  private mutating func accept(_ prompt: Prompt) -> [Effect] {
    let text = prompt.text.trimmed
    overlay = nil
    switch prompt.purpose {
    case .filter: return refuse(prompt, setFilter(text))
    case .report(let format):
      guard !text.isEmpty else { return refuse(prompt, "a file's name is missing") }
      return [.command(.saveReport(format, path: text))]
    case .record:
      guard !text.isEmpty else { return refuse(prompt, "a file's name is missing") }
      return [.command(.setRecord(path: text))]
    case .seek:
      guard let time = TimeSpan(argument: text) ?? Double(text).map(TimeSpan.seconds) ?? Self.moment(text) else {
        return refuse(prompt, "\(text): no moment; write 90s, 1m30s or 0:01:30")
      }
      return [.command(.playback(.seek(to: time.nanoseconds / 1000)))]
    case .rate:
      guard let rate = Double(text), rate.isFinite, rate > 0, rate <= 1e6 else {
        return refuse(prompt, "\(text): arrivals a second are a number above 0, at most 1,000,000")
      }
      return setRate(rate)
    }
  }

  /// As the screen writes moments: `1:30`, `0:01:30`.
  private static func moment(_ text: String) -> TimeSpan? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { $0.utf8.count <= 4 ? UInt16($0) : nil }
    guard (2...3).contains(parts.count), numbers.count == parts.count, numbers.dropFirst().allSatisfy({ $0 < 60 })
    else {
      return nil
    }
    return .seconds(numbers.reduce(0) { $0 * 60 + Double($1) })
  }

  /// Back to the prompt with what is wrong; done when nothing is.
  private mutating func refuse(_ prompt: Prompt, _ fault: String?) -> [Effect] {
    guard let fault else { return [] }
    var prompt = prompt
    prompt.fault = fault
    overlay = .prompt(prompt)
    return []
  }

  /// Only a plain yes is one.
  mutating func press(_ key: Key, to question: Question) -> [Effect] {
    overlay = nil
    guard key == .character("y") || key == .character("Y") else { return [] }
    return [.command(question.command)]
  }

  /// Opens a menu with its selected item in sight.
  mutating func open(_ menu: Menu) {
    var menu = menu
    var list = ListState(selection: menu.selection, top: menu.top)
    list.keepVisible(rows: menu.items.count, height: MenuView.height(menu, on: size))
    (menu.selection, menu.top) = (list.selection, list.top)
    overlay = .menu(menu)
  }

  mutating func press(_ key: Key, in menu: Menu) -> [Effect] {
    var menu = menu
    if key == .enter || key == .character(" ") { return choose(menu) }
    var list = ListState(selection: menu.selection, top: menu.top)
    guard list.move(key, rows: menu.items.count, height: MenuView.height(menu, on: size)) else {
      if key == .escape || key == .character("q") || key == .left { overlay = nil }
      return []
    }
    (menu.selection, menu.top) = (list.selection, list.top)
    overlay = .menu(menu)
    return []
  }

  mutating func choose(_ menu: Menu) -> [Effect] {
    overlay = nil
    guard menu.items.indices.contains(menu.selection) else { return [] }
    switch menu.items[menu.selection].choice {
    case .command(let command):
      if case .setValidation(let mode) = command { say("bodies are judged by \(mode.rawValue) from now on") }
      return [.command(command)]
    case .saveReport(let format):
      overlay = .prompt(Prompt(purpose: .report(format), text: fileName(Self.ending(of: format))))
      return []
    }
  }

  private static func ending(of format: OutputPlan.Format) -> String {
    switch format {
    case .text: "txt"
    case .junit: "xml"
    case .markdown: "md"
    case .prometheus: "prom"
    default: format.rawValue
    }
  }
}

extension String {
  fileprivate var trimmed: String {
    var text = Substring(self)
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }

  /// Without the last stretch of what satisfies the condition, and the blanks before it.
  fileprivate func dropLast(while isPart: (Character) -> Bool) -> Substring {
    var text = Substring(self)
    while text.last == " " { text.removeLast() }
    while let last = text.last, isPart(last) { text.removeLast() }
    return text
  }
}
