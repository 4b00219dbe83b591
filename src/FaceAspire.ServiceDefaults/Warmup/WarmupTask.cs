using FaceAspire.Contracts.Errors;

namespace FaceAspire.ServiceDefaults.Warmup;

/// <summary>One thing to make ready, and how far it is.</summary>
/// <param name="name">Name of the thing.</param>
/// <param name="load">Makes it ready.</param>
internal sealed class WarmupTask(string name, Action load)
{
    public string Name { get; } = name;

    /// <summary>Why it is not ready, in words for a client; null when it is.</summary>
    public string? Obstacle { get; private set; } = "starting";

    /// <summary>Notes a failure that nobody foresaw.</summary>
    public void Fail() => Obstacle = "unexpected failure; the log has it";

    /// <summary>Tries once. Nothing needed at start may end the process: a missing model is fetched or mounted later.</summary>
    public void Try()
    {
        try
        {
            load();
            Obstacle = null;
        }
        catch (FaceAspireException exception)
        {
            Obstacle = exception.Message;
        }
    }
}
