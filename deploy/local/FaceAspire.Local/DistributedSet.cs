using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using FaceAspire.Local.Manifest;

namespace FaceAspire.Local;

/// <summary>The distributed run on this machine: the services of a manifest, each a process of its own with exactly the manifest's environment, and a Redis.
/// Everything listens on 127.0.0.1 only. Disposing it ends whatever still runs.</summary>
public sealed class DistributedSet : IAsyncDisposable
{
    // They would say where to listen, which is decided here.
    private static readonly string[] _listening =
        ["URLS", "DOTNET_URLS", "ASPNETCORE_HTTP_PORTS", "ASPNETCORE_HTTPS_PORTS", "HTTP_PORTS", "HTTPS_PORTS", "DOTNET_HTTP_PORTS", "DOTNET_HTTPS_PORTS", "HOST", "PORT"];

    private readonly AspireManifest _manifest;
    private readonly DistributedSetOptions _options;
    private readonly ManifestResolver _resolver;
    private readonly Dictionary<(string Resource, string Binding), int>[] _ports;
    private readonly List<LoopbackPort> _kept = [];
    private readonly List<ServiceReplica> _services = [];
    private readonly string? _folder;
    private CacheServer? _cache;

    private DistributedSet(AspireManifest manifest, DistributedSetOptions options)
    {
        (_manifest, _options) = (manifest, options);
        var silent = manifest.Parameters
            .Where(static parameter => parameter.Value.Inputs.Values.Any(static input => input.Default is null))
            .Select(static parameter => KeyValuePair.Create(parameter.Key, ""));
        _resolver = new(manifest, silent.Concat(options.Parameters).GroupBy(static one => one.Key).ToDictionary(static one => one.Key, static one => one.Last().Value));
        _folder = options.WorkingDirectory is null ? Directory.CreateTempSubdirectory("faceaspire-set-").FullName : null;
        _ports = [.. Enumerable.Range(0, manifest.Projects.Select(static project => project.Key).Select(ReplicasOf).Append(1).Max()).Select(Ports)];
    }

    /// <summary>The Redis of the set.</summary>
    public CacheServer Cache => _cache ?? throw new InvalidOperationException("The set has no Redis.");

    /// <summary>Every replica of every service, in the manifest's order.</summary>
    public IReadOnlyList<ServiceReplica> Services => _services;

    /// <summary>A replica by its name: <c>gateway</c>, or <c>recognition-2</c> where there are several.</summary>
    /// <exception cref="KeyNotFoundException">There is none of that name.</exception>
    public ServiceReplica this[string name] => _services.Find(service => service.Name == name)
        ?? throw new KeyNotFoundException($"No service '{name}' among {string.Join(", ", _services.Select(static service => service.Name))}.");

    /// <summary>Starts Redis, waits until it answers, and starts the services, which need not be ready when this returns.</summary>
    /// <exception cref="ManifestException">The manifest cannot be followed.</exception>
    /// <exception cref="InvalidOperationException">Something does not start.</exception>
    public static async Task<DistributedSet> StartAsync(AspireManifest manifest, DistributedSetOptions options, CancellationToken cancellationToken)
    {
        var set = new DistributedSet(manifest, options);
        try
        {
            await set.LaunchAsync(cancellationToken);
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until every service that was started is ready.</summary>
    /// <exception cref="InvalidOperationException">One has ended.</exception>
    /// <exception cref="TimeoutException">One is not ready within a minute.</exception>
    public Task WaitUntilReadyAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_services.Where(static service => service.WasStarted).Select(service => service.WaitUntilReadyAsync(cancellationToken)));

    /// <summary>Waits until a process of the set ends that nobody here asked to.</summary>
    /// <returns>What ended, and its exit code, in words.</returns>
    public async Task<string> WaitForDeathAsync(CancellationToken cancellationToken)
    {
        var deaths = _services.Select(async service => $"{service.Name} has ended by itself with code {await service.Death}.");
        var first = await Task.WhenAny(deaths.Append(CacheDeathAsync())).WaitAsync(cancellationToken);
        return await first;

        async Task<string> CacheDeathAsync() => $"{CacheServer.Kind} has ended by itself with code {await Cache.Death}.";
    }

    /// <summary>Ends the services, those that depend on others first, and then Redis. Each is asked, and killed when it does not follow.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var resource in _services.GroupBy(static service => service.Resource).Reverse())
        {
            await Task.WhenAll(resource.Where(static service => service.IsRunning).Select(service => service.TerminateAsync(cancellationToken)));
        }

        await (_cache?.StopAsync() ?? Task.CompletedTask);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        await (_cache?.DisposeAsync() ?? ValueTask.CompletedTask);
        _kept.ForEach(static port => port.Dispose());
        if (_folder is not null && Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task LaunchAsync(CancellationToken cancellationToken)
    {
        foreach (var (name, container) in _manifest.Resources.Where(static resource => resource.Value is ContainerResource).Select(static one => (one.Key, (ContainerResource)one.Value)))
        {
            await StartCacheAsync(name, container, cancellationToken);
        }

        foreach (var (name, project) in _manifest.Projects)
        {
            int replicas = ReplicasOf(name);
            for (int replica = 0; replica < replicas; replica++)
            {
                string shown = replicas == 1 ? name : $"{name}-{(replica + 1).ToString(CultureInfo.InvariantCulture)}";
                int port = _ports[replica][HttpOf(name, project)];
                _services.Add(new(shown, name, port, StartInfo(name, shown, project, replica, port), _options.Output));
            }
        }

        foreach (var service in _services.Where(service => !_options.Held.Contains(service.Resource)))
        {
            service.Start();
        }
    }

    private async Task StartCacheAsync(string name, ContainerResource container, CancellationToken cancellationToken)
    {
        if (_cache is not null || !container.Image.Split('/')[^1].StartsWith("redis:", StringComparison.Ordinal) || container.Bindings.Count != 1)
        {
            throw new ManifestException($"{name}: nothing here stands in for the container {container.Image}; only one Redis can be had.");
        }

        string password = container.Env.TryGetValue("REDIS_PASSWORD", out string? text)
            ? _resolver.Resolve(text, _ports[0])
            : throw new ManifestException($"{name}: it has no REDIS_PASSWORD.");
        bool holdsGalleries = _manifest.Projects.Any(static project => project.Value.Env.GetValueOrDefault("GALLERY_STORE") == "redis");
        _cache = await CacheServer.StartAsync(
            cancellationToken, _ports[0][(name, container.Bindings.Keys.Single())], password, hasVectorSets: holdsGalleries && !CacheServer.IsInstalled);
    }

    private ProcessStartInfo StartInfo(string name, string shown, ProjectResource project, int replica, int port)
    {
        string dotnet = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } path ? path : "dotnet";
        var start = new ProcessStartInfo(dotnet, [_options.Assembly(_manifest.PathOf(project))])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _options.WorkingDirectory ?? _folder,
        };
        foreach (string variable in start.Environment.Keys.Where(variable => !_options.Inherits(variable) || _listening.Contains(variable, StringComparer.OrdinalIgnoreCase)).ToList())
        {
            start.Environment.Remove(variable);
        }

        foreach (var (variable, value) in EnvironmentOf(name, project, replica))
        {
            start.Environment[variable] = value;
        }

        // Beats the manifest's HTTP_PORTS, which would listen at every address.
        start.Environment["ASPNETCORE_URLS"] = $"http://{ManifestResolver.Host}:{port.ToString(CultureInfo.InvariantCulture)}";
        foreach (string key in (ReadOnlySpan<string>)[name, shown])
        {
            foreach (var (variable, value) in _options.Variables.GetValueOrDefault(key, FrozenDictionary<string, string?>.Empty))
            {
                start.Environment[variable] = value;
            }
        }

        return start;
    }

    /// <summary>The manifest's variables; of a service with several replicas each address, as Aspire names them: <c>services__recognition__http__1</c>.</summary>
    private IEnumerable<(string Variable, string Value)> EnvironmentOf(string name, ProjectResource project, int replica)
    {
        foreach (var (variable, text) in project.Env)
        {
            // Its own bindings are the replica's, those of others the first replica's.
            var ports = new Dictionary<(string, string), int>(_ports[0]);
            foreach (var own in _ports[replica].Where(port => port.Key.Resource == name))
            {
                ports[own.Key] = own.Value;
            }

            yield return (variable, _resolver.Resolve(text, ports));
            if (variable.Split("__") is not ["services", var other, var scheme, "0"])
            {
                continue;
            }

            for (int further = 1; further < ReplicasOf(other); further++)
            {
                yield return ($"services__{other}__{scheme}__{further.ToString(CultureInfo.InvariantCulture)}", _resolver.Resolve(text, _ports[further]));
            }
        }
    }

    private static (string Resource, string Binding) HttpOf(string name, ProjectResource project) =>
        project.Bindings.FirstOrDefault(static binding => binding.Value.Scheme == Uri.UriSchemeHttp).Key is { } http
            ? (name, http)
            : throw new ManifestException($"{name}: it has no http binding.");

    private int ReplicasOf(string resource) => Math.Max(1, _options.Replicas.GetValueOrDefault(resource, 1));

    /// <summary>Ports of the n-th replica of everything that listens.</summary>
    private Dictionary<(string, string), int> Ports(int replica)
    {
        Dictionary<(string, string), int> ports = [];
        foreach (var (name, resource) in _manifest.Resources)
        {
            foreach (string binding in resource is RunningResource running ? running.Bindings.Keys : [])
            {
                ports[(name, binding)] = replica == 0 && _options.Ports.TryGetValue(name, out int wanted) && wanted != 0 ? wanted : FreePort();
            }
        }

        return ports;
    }

    private int FreePort()
    {
        var port = new LoopbackPort();
        _kept.Add(port);
        return port.Number;
    }
}
