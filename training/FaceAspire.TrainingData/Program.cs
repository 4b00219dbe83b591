using FaceAspire.TrainingData;

// faces OUT MODELS SOURCE…: what the networks are trained on, cut by the product's own pipeline.
if (args is not ["faces", var output, var models, .. var sources] || sources.Length == 0)
{
    await Console.Error.WriteLineAsync("usage: FaceAspire.TrainingData faces OUT_FOLDER MODELS_FOLDER SOURCE [SOURCE ...]   (a source is a .tar.gz or a folder of pictures)");
    return 2;
}

using var export = new FaceExport(models);
export.Run(output, sources);
return 0;
