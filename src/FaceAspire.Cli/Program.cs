using System.CommandLine;
using FaceAspire.Cli.Annotation;
using FaceAspire.Cli.Evaluation;
using FaceAspire.Cli.Galleries;
using FaceAspire.Cli.Models;

return await new RootCommand("FaceAspire on the command line.") { AnnotateCommand.Create(), EvaluateCommand.Create(), GalleryCommand.Create(), ModelsCommand.Create() }.Parse(args).InvokeAsync();
