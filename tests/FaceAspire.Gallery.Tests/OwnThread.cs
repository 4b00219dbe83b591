namespace FaceAspire.Gallery.Tests;

/// <summary>Work that computes for seconds without a pause gets threads of its own. On those of the pool, which grows slowly while the processors are busy, it holds up
/// everything else in the process: timers, and the answers that clients of Redis wait for in the tests beside it.</summary>
internal static class OwnThread
{
    /// <summary>Begins the work.</summary>
    public static Task<T> Run<T>(Func<T> work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
