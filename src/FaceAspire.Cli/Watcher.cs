namespace FaceAspire.Cli;

/// <summary>Shows progress where it is told, in order; <see cref="Progress{T}"/> would do so on other threads, later.</summary>
internal sealed class Watcher<T>(Action<T> show) : IProgress<T>
{
    public void Report(T value) => show(value);
}
