using FaceAspire.Local;
using FaceAspire.Tests.EndToEnd.Manifest;

namespace FaceAspire.Tests.EndToEnd.Local;

/// <summary>Starts the repository's manifest with the services that lie beside the tests.</summary>
internal static class LocalSet
{
    /// <summary>Options for tests, to be changed with <c>with</c>.</summary>
    public static DistributedSetOptions Options { get; } = new() { Assembly = static project => Path.Combine(AppContext.BaseDirectory, $"{Path.GetFileNameWithoutExtension(project)}.dll") };

    /// <summary>Starts the services that are named, and waits until they are ready; all others are held.</summary>
    public static async Task<DistributedSet> StartOnlyAsync(DistributedSetOptions options, params IReadOnlyCollection<string> services)
    {
        string[] held = [.. Repository.Manifest.Projects.Select(static project => project.Key).Except(services)];
        return await StartAsync(options with { Held = held });
    }

    /// <summary>Starts all services that the options do not hold, and waits until they are ready.</summary>
    public static async Task<DistributedSet> StartAsync(DistributedSetOptions options)
    {
        var set = await DistributedSet.StartAsync(Repository.Manifest, options, TestContext.Current.CancellationToken);
        try
        {
            await set.WaitUntilReadyAsync(TestContext.Current.CancellationToken);
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }
}
