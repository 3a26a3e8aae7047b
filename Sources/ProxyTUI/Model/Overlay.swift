internal import LoadGen

/// What stands over the view and takes the keys.
enum Overlay: Equatable, Sendable {
  case help
  case menu(Menu)
  /// A line that is being typed.
  case prompt(Prompt)
  /// Asked before something that cannot be taken back.
  case question(Question)
}

/// A list to choose from.
struct Menu: Equatable, Sendable {
  struct Item: Equatable, Sendable {
    var title: String
    /// What one will see, in a line.
    var detail: String
    var choice: Choice
  }

  enum Choice: Equatable, Sendable {
    case command(RunCommand)
    /// Asks for the file's name next.
    case saveReport(OutputPlan.Format)
  }

  var title: String
  var items: [Item]
  var selection = 0
  var top = 0
}

/// A line that is being typed.
struct Prompt: Equatable, Sendable {
  enum Purpose: Equatable, Sendable {
    case filter
    case report(OutputPlan.Format)
    case record
    /// A moment of a recorded run.
    case seek
    case rate
  }

  /// Longer than any path or filter that is typed.
  static let limit = 400

  var purpose: Purpose
  var text = ""
  /// What is wrong with it; shown until the next key.
  var fault: String?

  /// Scalars that are taken.
  var limit: Int { purpose == .filter ? Filter.limit : Self.limit }

  /// What stands before the text.
  var label: String {
    switch purpose {
    case .filter: "/"
    case .report(let format): "save \(format.rawValue) report to: "
    case .record: "record to: "
    case .seek: "go to (90s, 1m30s): "
    case .rate: "arrivals a second: "
    }
  }
}

/// A yes or no.
struct Question: Equatable, Sendable {
  var text: String
  var command: RunCommand
}
