using System.Net.Sockets;
using DotNetEnv;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace FaceAspire.ServiceDefaults;

/// <summary>Starts and runs a host: settings from the environment and <c>.env</c>, readable lines instead of stack traces when it cannot start.</summary>
public static class ServiceHost
{
    private const int ConfigurationError = 2;
    private const int StartError = 1;
    private const string EnvironmentFile = ".env";

    /// <summary>A builder that runs from any working directory and reads its settings from the environment, then from <c>.env</c> in the working directory.</summary>
    public static WebApplicationBuilder CreateBuilder(string[] args)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });

        // Below the environment: what an orchestrator sets beats the file.
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = ReadEnvironmentFile(Path.Combine(Environment.CurrentDirectory, EnvironmentFile)) });
        return builder;
    }

    /// <summary>Runs until SIGTERM or Ctrl-C. Wrong settings are one line each on stderr.</summary>
    /// <returns>The exit code: 0 after an orderly stop, 1 when the service could not start, 2 when its settings are wrong.</returns>
    public static async Task<int> RunServiceAsync(this WebApplication app)
    {
        await using (app)
        {
            try
            {
                await app.StartAsync();
            }
            catch (Exception exception) when (DescribeStartFailure(exception) is { } failure)
            {
                foreach (string line in failure.Lines.Distinct())
                {
                    await Console.Error.WriteLineAsync(line);
                }

                return failure.ExitCode;
            }

            await app.WaitForShutdownAsync();
            return 0;
        }
    }

    /// <summary>What an operator can do something about; null for a bug, which keeps its stack trace.</summary>
    private static (IEnumerable<string> Lines, int ExitCode)? DescribeStartFailure(Exception exception) => exception switch
    {
        OptionsValidationException options => (options.Failures, ConfigurationError),
        AggregateException all when all.Flatten().InnerExceptions is var inner && inner.All(static one => one is OptionsValidationException) =>
            (inner.SelectMany(static one => ((OptionsValidationException)one).Failures), ConfigurationError),
        InvalidDataException data => (data.Message.Split('\n'), ConfigurationError),
        AddressInUseException or IOException { InnerException: AddressInUseException } => ([$"The address is in use: {exception.Message}"], StartError),
        SocketException or IOException => ([$"The service cannot start: {exception.Message}"], StartError),
        _ => null,
    };

    /// <summary>The variables of a file in the usual form; none when it does not exist.</summary>
    internal static Dictionary<string, string?> ReadEnvironmentFile(string path)
    {
        var variables = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (File.Exists(path))
        {
            foreach (var (name, value) in Env.NoEnvVars().Load(path))
            {
                variables[name] = value;
            }
        }

        return variables;
    }
}
