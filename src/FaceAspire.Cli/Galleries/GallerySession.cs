using System.CommandLine;
using FaceAspire.Contracts.Names;
using FaceAspire.Gallery;
using FaceAspire.Gallery.Reading;
using FaceAspire.Gallery.Sqlite;
using FaceAspire.ModelHub;
using Microsoft.Extensions.Logging.Abstractions;

namespace FaceAspire.Cli.Galleries;

/// <summary>The galleries of the data folder, opened for one command, and the models that it needs. While it is open no service can use the folder.</summary>
internal sealed class GallerySession : IDisposable
{
    private readonly SqliteFaceGallery _store;
    private readonly Lazy<CommandModels> _models;
    private readonly GalleryArguments _shared;
    private readonly ParseResult _arguments;

    /// <summary>Opens them.</summary>
    /// <exception cref="CommandException">The gallery's name is none, or the galleries are not in a folder.</exception>
    /// <exception cref="Contracts.Errors.FaceAspireException">The folder cannot be opened, or a service uses it.</exception>
    public GallerySession(GalleryArguments shared, ParseResult arguments)
    {
        (_shared, _arguments) = (shared, arguments);
        if (shared.Variable("GALLERY_STORE") is { } store && store != "sqlite")
        {
            throw new CommandException($"GALLERY_STORE is '{store}', and these commands work on galleries in a data folder only (sqlite): use the service's API, or unset the variable.");
        }

        Name = arguments.GetValue(shared.Gallery) ?? GalleryNames.Default; // not every command has the option
        if (!GalleryNames.IsGallery(Name))
        {
            throw new CommandException($"{shared.Gallery.Name}: '{Name}' is no name of a gallery: letters, digits, dots, dashes and underscores, no dot in front");
        }

        _models = new(() => new(arguments.GetValue(shared.ModelsDir)));
        _store = SqliteFaceGallery.Open(GalleryFolder(), NullLogger<SqliteFaceGallery>.Instance, TimeProvider.System);
    }

    /// <summary>Name of the gallery that is meant.</summary>
    public string Name { get; }

    /// <summary>All galleries.</summary>
    public IFaceGallery Store => _store;

    /// <summary>The models; found when first asked for.</summary>
    public CommandModels Models => _models.Value;

    /// <summary>How pictures become embeddings, whatever the gallery has.</summary>
    /// <exception cref="CommandException">A name is none of the catalogue's.</exception>
    public RecognitionPlan PlanAlone()
    {
        var (model, detector, alignment) = _shared.Choice(_arguments);
        var recogniser = Models.RecogniserNamed(model);
        return RecognitionPlan.Of(recogniser, Models.Store.VersionOf(recogniser), Models.DetectorNamed(detector), AlignmentNamed(alignment));
    }

    /// <summary>How pictures that are enrolled become embeddings: as the gallery's active space has it, of its first face as the options say.</summary>
    /// <exception cref="CommandException">A name is none of the catalogue's, the options name what the gallery has otherwise, or its model is not here.</exception>
    public async Task<RecognitionPlan> PlanEnrolmentAsync(CancellationToken cancellationToken) =>
        await Store.FindGalleryAsync(Name, cancellationToken) is { } gallery ? PlanOf(gallery, static space => space.IsActive) : PlanAlone();

    /// <summary>How pictures that are looked for become embeddings: as the gallery's active space has it, or another complete one that the options name.</summary>
    /// <exception cref="CommandException">A name is none of the catalogue's, the options name what the gallery does not have, or its model is not here.</exception>
    public RecognitionPlan PlanSearch(GalleryEntry gallery) => PlanOf(gallery, static space => space.IsComplete);

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

    private static string Describe(EmbeddingSpace space) => $"{space.Model} with {space.Detector} and {space.Alignment} alignment";

    private RecognitionPlan PlanOf(GalleryEntry gallery, Func<GallerySpace, bool> isUsable)
    {
        EmbeddingSpace[] usable = [.. gallery.Spaces.Where(isUsable).Select(static space => space.Space)];
        if (usable.Length == 0)
        {
            return PlanAlone();
        }

        string has = string.Join(" and by ", usable.Select(Describe));
        var space = Array.Find(usable, IsAsGiven) ?? throw new CommandException($"The gallery '{Name}' has embeddings by {has}, by nothing else: leave out the options that differ.");
        return RecognitionPlan.TryOf(space, Models.Catalog, Models.Store)
            ?? throw new CommandException($"The gallery '{Name}' has embeddings by {Describe(space)}, version {space.ModelVersion}: that model is not here; gallery sync makes those of another.");
    }

    /// <summary>Whether a space is as the options say that are given.</summary>
    private bool IsAsGiven(EmbeddingSpace space)
    {
        var model = _arguments.GetValue(_shared.Model) is { } name ? Models.RecogniserNamed(name) : null;
        string? detector = _arguments.GetValue(_shared.Detector) is { } backend ? Models.DetectorNamed(backend) : null;
        AlignmentMode? alignment = _arguments.GetValue(_shared.Alignment) is { } mode ? AlignmentNamed(mode) : null;
        return (model is null || model.Name == space.Model)
            && (detector is null || detector == space.Detector)
            && (alignment is not { } wanted || !Models.Catalog.TryGet(ModelTask.Recognition, space.Model, out var own) || ApiNames.Alignments.NameOf(own.Resolve(wanted)) == space.Alignment);
    }

    private AlignmentMode AlignmentNamed(string name) => ApiNames.Alignments.ParseOption(_shared.Alignment.Name, name);

    private string GalleryFolder() => Path.GetFullPath(
        _arguments.GetValue(_shared.DataDir) ?? _shared.Variable("DATA_DIR") ?? new GalleryOptions().DataDir ?? throw new CommandException("Name a folder by --data-dir, or set DATA_DIR."));
}
