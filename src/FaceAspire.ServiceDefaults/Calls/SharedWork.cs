namespace FaceAspire.ServiceDefaults.Calls;

/// <summary>Work that several requests wait for, begun by one of them and in its context. Calls made in it carry that request's id, but not its deadline, which is not the others':
/// the work ends by its token, when its last request leaves.</summary>
public static class SharedWork
{
    private static readonly AsyncLocal<bool> _isRunning = new();

    /// <summary>Whether the code that asks belongs to such work.</summary>
    public static bool IsRunning => _isRunning.Value;

    /// <summary>Says that the asynchronous method that calls this, and all that it calls from here on, is such work. It is over with that method.</summary>
    public static void Begin() => _isRunning.Value = true;
}
