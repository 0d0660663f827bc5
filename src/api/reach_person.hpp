// As reach.hpp, of collections, their persons and the persons' photos. What is not in the collection that the
// path names is not there: kNotFound.
#pragma once

#include "api/reach.hpp"
#include "store/collections.hpp"

namespace ozma::api {

// "{collection_id}". `object`: what is to be done something with, the collection or something in it.
base::Result<store::Collection> ReachCollection(store::Transaction& in, const Call& call,
                                                access::Object object, access::Verb verb, Lock lock);
// "{person_id}". The lock is on the collection and on the person.
base::Result<store::Person> ReachPerson(store::Transaction& in, const Call& call, access::Object object,
                                        access::Verb verb, Lock lock);
// "{media_id}" alone: judged by its company. The lock is on its person.
base::Result<store::PersonImage> ReachPersonImage(store::Transaction& in, const Call& call, access::Verb verb,
                                                  Lock lock);

}  // namespace ozma::api
