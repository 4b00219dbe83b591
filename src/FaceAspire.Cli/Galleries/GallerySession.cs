using System.CommandLine;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;
using FaceAspire.Gallery.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Cli.Galleries;

/// <summary>The galleries of the data folder, opened for one command, and the models that it needs. While it is open no service can use the folder.</summary>
internal sealed class GallerySession : IDisposable
{
    private readonly SqliteFaceGallery _store;
    private readonly Lazy<CommandModels> _models;
    private readonly Lazy<RecognitionPlan> _plan;

    /// <summary>Opens them.</summary>
    /// <exception cref="CommandException">The gallery's name is none.</exception>
    /// <exception cref="Contracts.Errors.FaceAspireException">The folder cannot be opened, or a service uses it.</exception>
    public GallerySession(GalleryArguments shared, ParseResult arguments)
    {
        Name = arguments.GetValue(shared.Gallery) ?? GalleryNames.Default; // not every command has the option
        if (!GalleryNames.IsGallery(Name))
        {
            throw new CommandException($"{shared.Gallery.Name}: '{Name}' is no name of a gallery: letters, digits, dots, dashes and underscores, no dot in front");
        }

        _models = new(() => new(arguments.GetValue(shared.ModelsDir)));
        _plan = new(() => RecognitionPlan.Of(
            Models.RecogniserNamed(arguments.GetRequiredValue(shared.Model)),
            Models.DetectorNamed(arguments.GetRequiredValue(shared.Detector)),
            ApiNames.Alignments.ParseOption(shared.Alignment.Name, arguments.GetRequiredValue(shared.Alignment))));
        _store = SqliteFaceGallery.Open(GalleryFolder(arguments.GetValue(shared.DataDir)), NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System);
    }

    /// <summary>Name of the gallery that is meant.</summary>
    public string Name { get; }

    /// <summary>All galleries.</summary>
    public IFaceGallery Store => _store;

    /// <summary>The models; found when first asked for.</summary>
    public CommandModels Models => _models.Value;

    /// <summary>How pictures become embeddings.</summary>
    /// <exception cref="CommandException">A name is none of the catalogue's.</exception>
    public RecognitionPlan Plan => _plan.Value;

    /// <summary>The gallery.</summary>
    /// <exception cref="CommandException">There is none of that name.</exception>
    public async Task<GalleryEntry> RequireAsync(CancellationToken cancellationToken) =>
        await Store.FindGalleryAsync(Name, cancellationToken) ?? throw new CommandException($"There is no gallery '{Name}'.");

    /// <summary>Reads a picture's bytes.</summary>
    /// <exception cref="CommandException">The file cannot be read.</exception>
    public static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be read.", exception);
        }
    }

    public void Dispose()
    {
        _store.Dispose();
        if (_models.IsValueCreated)
        {
            Models.Dispose();
        }
    }

    private static string GalleryFolder(string? dataDir) => Path.GetFullPath(
        dataDir ?? (Environment.GetEnvironmentVariable("DATA_DIR") is { Length: > 0 } set ? set : null) ?? new GalleryOptions().DataDir
        ?? throw new CommandException("Name a folder by --data-dir, or set DATA_DIR."));
}
