internal import LoadGen

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Keys and samples in, frames and wishes out; synchronous, on the thread that owns the screen.
///
/// Two clocks: the run is sampled at 10 Hz, the screen is drawn at most `fps` times a second and only when something has changed. The
/// frame that is shown and the one being made swap places, so that drawing allocates nothing of size.
struct DashboardLoop {
  static let sampleInterval = 0.1
  /// Between drawings that nobody looks at, or in which only clocks move, in seconds.
  static let idleInterval = 1.0
  /// Of the time between drawings, after a key: a press that comes just after a drawing does not wait for the next but one.
  static let urgentShare = 0.25
  /// After a signal, when the terminal still does not read so many seconds later, running streams are cut: nobody sees
  /// them end.
  static let unreadSeconds = 0.5

  private let screen: any Screen
  private let source: any RunSource
  private let frameInterval: Double
  private let clock: () -> Double
  private(set) var model: DashboardModel

  private var frame: Frame
  private var shown: Frame
  private var shownIsValid = false
  private var runs: [CellRun] = []
  private var end: DashboardEnd?
  private var signalled: Int32?
  private var cutAt = Double.infinity
  private var lastFrame = -Double.infinity
  private var isFocused = true
  /// Something has happened that is to be seen at once.
  private var isUrgent = true

  init(
    screen: any Screen, source: any RunSource, label: RunLabel, glyphs: GlyphSet, framesPerSecond: Double,
    clock: @escaping () -> Double
  ) {
    self.screen = screen
    self.source = source
    self.clock = clock
    frameInterval = 1 / min(max(framesPerSecond, 0.5), 60)
    model = DashboardModel(label: label, glyphs: glyphs, size: screen.size, abilities: source.abilities)
    frame = Frame(size: screen.size, unicode: glyphs.unicode)
    shown = frame
  }

  /// Returns when a person, a signal or the terminal has ended it. Never ends by itself: a finished load stays on the
  /// screen.
  mutating func run() -> DashboardEnd {
    var nextSample = clock()
    while true {
      let now = clock()
      if now >= nextSample {
        perform(update(&model, .tick(source.view(of: model.focus), now: now)))
        nextSample = max(nextSample + Self.sampleInterval, now)
      }
      if now >= cutAt { endUnread() }
      if let end { return end }
      if model.dirty, now >= nextFrame, screen.isReady {
        draw()
        lastFrame = now
        isUrgent = false
      }
      // A terminal that does not read wakes the screen itself, once it does.
      let wake = model.dirty && screen.isReady ? min(nextSample, nextFrame) : nextSample
      handleEvents(within: max(0, min(wake, cutAt) - clock()))
      if let end { return end }
    }
  }

  private var nextFrame: Double {
    // What a person did is seen at once; what moves by itself keeps to the rate.
    if isUrgent { return lastFrame + frameInterval * Self.urgentShare }
    let isAtRest = [.paused, .finished].contains(model.snapshot.phase) && model.snapshot.active == 0
    let isStill = isAtRest || model.playback?.isPlaying == false
    return lastFrame + (isStill || !isFocused ? max(frameInterval, Self.idleInterval) : frameInterval)
  }

  private mutating func endUnread() {
    cutAt = .infinity
    if screen.isReady { return }
    perform(update(&model, .quitRequested(atOnce: true)))
  }

  /// Waits for one event, then takes all that have come with it: a key that repeats is drawn once.
  private mutating func handleEvents(within seconds: Double) {
    guard var event = screen.event(withinMilliseconds: Int((min(seconds, 1) * 1000).rounded(.up))) else { return }
    for _ in 0..<64 {
      handle(event)
      guard end == nil, let next = screen.event(withinMilliseconds: 0) else { return }
      event = next
    }
  }

  private mutating func handle(_ event: ScreenEvent) {
    isUrgent = isUrgent || event != .focus(false)
    switch event {
    case .key(let key): perform(update(&model, .key(key)))
    case .mouse(let mouse): perform(update(&model, .mouse(mouse)))
    case .paste(let text): perform(update(&model, .paste(text)))
    case .focus(let isFocused):
      self.isFocused = isFocused
    case .resized: perform(update(&model, .resized(screen.size)), clearing: false)
    case .signal(SIGTSTP): perform([.suspend])
    case .signal(SIGCONT):
      screen.reenter()
      perform(update(&model, .resized(screen.size)))
    case .signal(let number):
      if signalled == nil { cutAt = clock() + Self.unreadSeconds }
      signalled = signalled ?? number
      let atOnce = number == SIGHUP || number == SIGQUIT
      perform(update(&model, .quitRequested(atOnce: atOnce)))
    case .hungUp:
      perform(update(&model, .quitRequested(atOnce: true)))
      end = .hungUp
    }
  }

  /// - Parameter clearing: whether a repaint empties the screen first, for what somebody else has drawn on it.
  private mutating func perform(_ effects: [Effect], clearing: Bool = true) {
    for effect in effects {
      switch effect {
      case .command(let command): source.perform(command)
      case .repaint:
        shownIsValid = false
        if clearing { screen.clear() } else { screen.redraw() }
        model.dirty = true
      case .suspend:
        screen.suspend()
        perform(update(&model, .resized(screen.size)))
      case .leave:
        end = signalled.map(DashboardEnd.signal) ?? (model.endedEarly ? .quit : .finished)
      }
    }
  }

  private mutating func draw() {
    model.dirty = false
    DashboardView.draw(model, into: &frame)
    frame.diff(from: shownIsValid ? shown : nil, into: &runs)
    guard !runs.isEmpty else { return }
    for run in runs {
      let row = frame.row(run.row)
      let start = row.startIndex + run.column
      screen.put(row: run.row, column: run.column, cells: row[start..<start + run.count])
    }
    screen.flush()
    swap(&frame, &shown)
    shownIsValid = true
  }
}
