using FaceAspire.Local;
using FaceAspire.Local.Manifest;
using FaceAspire.Testing;
using FaceAspire.Testing.Load;

namespace FaceAspire.Benchmarks.Load;

/// <summary>The repository's distributed set with the services that lie beside the benchmarks, and drawn faces to send to it.</summary>
internal static class BenchmarkSet
{
    public static async Task<DistributedSet> StartAsync(params (string Name, string? Value)[] variables)
    {
        var manifest = AspireManifest.Load(Path.Combine(SharedMaterial.RepositoryRoot, AspireManifest.FileName));
        IReadOnlyDictionary<string, string?> everywhere = variables.ToDictionary(static variable => variable.Name, static variable => variable.Value);
        var options = new DistributedSetOptions
        {
            Assembly = static project => Path.Combine(AppContext.BaseDirectory, $"{Path.GetFileNameWithoutExtension(project)}.dll"),
            Variables = manifest.Projects.ToDictionary(static project => project.Key, _ => everywhere),
        };
        var set = await DistributedSet.StartAsync(manifest, options, CancellationToken.None);
        try
        {
            await set.WaitUntilReadyAsync(CancellationToken.None);
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    public static VerifyLoad NewLoad(Uri service, bool mayCache = false) => new(service, Sample("anna.jpg"), Sample("ben.jpg"), mayCache);

    private static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(SharedMaterial.RepositoryRoot, "samples", name));
}
