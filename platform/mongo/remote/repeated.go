package remote

import (
	"context"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/orchestrix/orchestrix/platform/mongo"
)

// maxRepeated bounds the offending values of an IndexError.
const maxRepeated = 10

// repeated lists values that break a unique index, as JSON objects. It is help
// for the operator: when the server cannot tell, there are none.
func (c *collection) repeated(ctx context.Context, index mongo.Index) []string {
	cursor, err := c.driver.Aggregate(ctx, repeatedPipeline(index), options.Aggregate().SetAllowDiskUse(true))
	if err != nil {
		return nil
	}
	var groups []struct {
		Key bson.A `bson:"key"`
	}
	if cursor.All(ctx, &groups) != nil {
		return nil
	}
	values := make([]string, 0, len(groups))
	for _, group := range groups {
		if len(group.Key) != len(index.Fields) {
			continue
		}
		key := make(bson.D, 0, len(index.Fields))
		for n, field := range index.Fields {
			key = append(key, bson.E{Key: field, Value: group.Key[n]})
		}
		values = append(values, asJSON(key))
	}
	return values
}

// repeatedPipeline groups by the indexed values, a missing one as null, which
// is how an index sees it.
func repeatedPipeline(index mongo.Index) bson.A {
	var pipeline bson.A
	key := bson.A{}
	var present bson.A
	for _, field := range index.Fields {
		key = append(key, bson.D{{Key: "$ifNull", Value: bson.A{"$" + field, nil}}})
		present = append(present, bson.D{{Key: field, Value: bson.D{{Key: "$exists", Value: true}}}})
	}
	if index.Sparse {
		pipeline = append(pipeline, bson.D{{Key: "$match", Value: bson.D{{Key: "$or", Value: present}}}})
	}
	return append(pipeline,
		bson.D{{Key: "$project", Value: bson.D{{Key: "key", Value: key}}}},
		bson.D{{Key: "$group", Value: bson.D{
			{Key: "_id", Value: "$key"}, {Key: "n", Value: bson.D{{Key: "$sum", Value: int32(1)}}},
		}}},
		bson.D{{Key: "$match", Value: bson.D{{Key: "n", Value: bson.D{{Key: "$gt", Value: int32(1)}}}}}},
		bson.D{{Key: "$limit", Value: int32(maxRepeated)}},
		bson.D{{Key: "$project", Value: bson.D{{Key: "_id", Value: int32(0)}, {Key: "key", Value: "$_id"}}}},
	)
}

func asJSON(document any) string {
	text, err := bson.MarshalExtJSON(document, false, false)
	if err != nil {
		return "(not printable)"
	}
	return string(text)
}
