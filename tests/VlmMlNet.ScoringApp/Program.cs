using Microsoft.ML;
using VlmMlNet.ScoringApp;

// Captions pictures with a saved pipeline: ScoringApp MODEL.zip PICTURE...
var context = new MLContext();
ITransformer model = context.Model.Load(args[0], out DataViewSchema schema);
using (var engine = context.Model.CreatePredictionEngine<Photo, CaptionedPhoto>(model, new PredictionEngineOptions { OwnsTransformer = false }))
    foreach (string path in args[1..])
        Console.WriteLine(engine.Predict(new Photo { ImagePath = path }).Caption);

IDataView photos = context.Data.LoadFromEnumerable(args[1..].Select(path => new Photo { ImagePath = path }));
foreach (var photo in context.Data.CreateEnumerable<CaptionedPhoto>(model.Transform(photos), reuseRowObject: false))
    Console.WriteLine(photo.Caption);
