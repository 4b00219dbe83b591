using System.Globalization;

namespace FaceAspire.Cli;

/// <summary>How far the work is: a bar that is drawn over itself on a terminal, else a line now and then.</summary>
/// <param name="output">Where to draw; not where the results go.</param>
/// <param name="isTerminal">Whether somebody watches.</param>
/// <param name="time">The clock.</param>
internal sealed class ProgressLine(TextWriter output, bool isTerminal, TimeProvider time)
{
    private const int BarWidth = 24;
    private static readonly TimeSpan _redraw = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _nextLine = TimeSpan.FromSeconds(10);

    private readonly Lock _drawing = new();
    private long _drawn = time.GetTimestamp();
    private int _length;

    /// <summary>That of a command: on its error output.</summary>
    public static ProgressLine On(TextWriter error) => new(error, ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected, TimeProvider.System);

    /// <summary>Shows a state, unless another was shown just now.</summary>
    /// <param name="done">How much is done.</param>
    /// <param name="total">Of how much.</param>
    /// <param name="text">What else to say.</param>
    public void Show(long done, long total, string text)
    {
        lock (_drawing)
        {
            if (time.GetElapsedTime(_drawn) < (isTerminal ? _redraw : _nextLine))
            {
                return;
            }

            _drawn = time.GetTimestamp();
            string line = string.Create(CultureInfo.InvariantCulture, $"{done:N0} of {total:N0}, {text}");
            if (isTerminal)
            {
                int filled = total == 0 ? BarWidth : (int)(BarWidth * Math.Min(done, total) / total);
                Draw($"[{new string('#', filled)}{new string('.', BarWidth - filled)}] {line}");
            }
            else
            {
                output.WriteLine(line);
            }
        }
    }

    /// <summary>Takes the bar away.</summary>
    public void Clear()
    {
        lock (_drawing)
        {
            if (_length > 0)
            {
                Draw("");
                output.Write('\r');
            }
        }
    }

    private void Draw(string line)
    {
        output.Write($"\r{line.PadRight(_length)}");
        _length = line.Length;
    }
}
